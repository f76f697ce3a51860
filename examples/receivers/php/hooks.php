<?php
// Doorbell's deliveries, received with PHP: no framework, no library.
declare(strict_types=1);

// The traps: a warning that is shown is output, and sends "200 OK" before any other status can be set. And
// php://input is empty for multipart forms: set enable_post_data_reading=Off where these are expected.
ini_set('display_errors', '0');

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path === '/hooks/v1') {
    http_response_code(410); // this ends it: Doorbell disables the subscription and says so
    return;
}
if ($path !== '/hooks' || $_SERVER['REQUEST_METHOD'] !== 'POST') {
    http_response_code(404);
    return;
}

$body = file_get_contents('php://input');
$secrets = explode(' ', getenv('WEBHOOK_SECRETS')); // two of them while one is rotated
if (!array_filter($secrets, fn(string $secret): bool => verified($secret, $body))) {
    http_response_code(401);
    return;
}

// Taken once, whatever comes twice. Somebody else works on what is in the inbox: the answer does not wait.
$db = new PDO('sqlite:' . (getenv('DATABASE') ?: 'inbox.db'));
$db->exec('CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, type TEXT, body BLOB)');
$keep = $db->prepare('INSERT INTO inbox VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
$keep->bindValue(1, $_SERVER['HTTP_WEBHOOK_ID']);
$keep->bindValue(2, $_SERVER['HTTP_DOORBELL_EVENT_TYPE']);
$keep->bindValue(3, $body, PDO::PARAM_LOB);
$keep->execute();
if ($_SERVER['HTTP_DOORBELL_EVENT_TYPE'] === 'doorbell.test') {
    header('Content-Type: application/json');
    echo json_encode(['verified' => $_SERVER['HTTP_WEBHOOK_ID']]); // who set it up sees it
    return;
}
http_response_code(204);

/** Standard Webhooks, v1, as the specification has it. */
function verified(string $secret, string $body): bool
{
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $sent = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if (!ctype_digit($sent) || abs(time() - (int) $sent) > 300) {
        return false;
    }
    $key = base64_decode(substr($secret, strlen('whsec_')), true);
    $right = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$sent.$body", $key, true));
    $given = explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '');
    return (bool) array_filter($given, fn(string $one): bool => hash_equals($right, $one));
}
