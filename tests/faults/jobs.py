"""What the tests of this folder do to the job queue."""

from contextlib import contextmanager


@contextmanager
def twins(shop, *methods):
    """Let every job of these methods be queued twice, as two importers on two machines would."""
    names = ", ".join(f"'{name}'" for name in methods)
    shop.execute(
        f"""
        CREATE FUNCTION oms_test_twin() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE twin queue_job := NEW;
        BEGIN
            IF pg_trigger_depth() = 1 AND NEW.method_name IN ({names}) THEN
                twin.id := nextval('queue_job_id_seq');
                twin.uuid := gen_random_uuid()::text;
                twin.identity_key := NULL;
                INSERT INTO queue_job VALUES (twin.*);
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER oms_test_twin AFTER INSERT ON queue_job FOR EACH ROW EXECUTE FUNCTION oms_test_twin()
        """
    )
    try:
        yield
    finally:
        shop.execute("DROP FUNCTION oms_test_twin() CASCADE")
