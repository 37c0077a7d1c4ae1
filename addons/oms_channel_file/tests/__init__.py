from . import test_access, test_api, test_customers, test_folder, test_upload, test_upload_tour, test_words
