-- A copied database must not sell or ship: close every channel, forget its secrets, empty what waits.
UPDATE oms_channel SET state = 'paused';
DELETE FROM oms_secret;
UPDATE oms_outbox SET state = 'dead', answer = 'Database copied: not sent' WHERE state IN ('new', 'sent', 'submitted', 'retry');
DELETE FROM oms_stock_dirty;
