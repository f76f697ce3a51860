"""What knows DynamoDB and nothing that is kept in it: values, queries, statements, puts, caches."""
