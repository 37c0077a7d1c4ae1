-- oms_core's own script closes every channel; a copied database must not even point at the live API.
UPDATE oms_channel_endpoint endpoint
   SET url = 'https://sandbox.invalid'
  FROM oms_channel channel
 WHERE channel.id = endpoint.channel_id AND channel.channel_type = 'amazon';

UPDATE oms_channel SET amazon_queue_url = NULL WHERE channel_type = 'amazon';
