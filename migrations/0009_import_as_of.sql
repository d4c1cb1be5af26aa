-- Rows of a source without a timestamp column hold as of an instant that the import gives. The same file as of another instant is
-- another import: a table of attributes may not change from one month to the next.
ALTER TABLE file_import ADD COLUMN as_of_us bigint;
ALTER TABLE file_import DROP CONSTRAINT file_import_project_id_source_file_sha256_key;
CREATE UNIQUE INDEX file_import_content ON file_import (project_id, source, file_sha256, coalesce(as_of_us, -1));
