-- oms_core's own script closes every channel; a copied database must not even know the folder of the live one.
UPDATE oms_channel SET file_folder = NULL WHERE channel_type = 'file';
