"""URLs as fields of items."""

from typing import Annotated

from pydantic import AfterValidator

from doorbell.store.items.url_checks import check_arn, check_key, check_role, check_target, check_url

type Url = Annotated[str, AfterValidator(check_url)]
type Target = Annotated[str, AfterValidator(check_target)]
type TargetArn = Annotated[str, AfterValidator(check_arn)]
type RoleArn = Annotated[str, AfterValidator(check_role)]
type KeyTemplate = Annotated[str, AfterValidator(check_key)]
