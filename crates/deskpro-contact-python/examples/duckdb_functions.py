"""DuckDB: two SQL functions, to_v2(payload) and from_v2(output, losses).

    python duckdb_functions.py
"""

import duckdb
from deskpro_contact import Converter

CONVERTER = Converter(id_field="email")
ERROR = 'STRUCT(code VARCHAR, path VARCHAR, message VARCHAR, "start" BIGINT, "end" BIGINT)'
ROW = f"STRUCT(output VARCHAR, losses VARCHAR, error {ERROR})"


def add_functions(database: duckdb.DuckDBPyConnection) -> None:
    """Adds the functions to a connection. DuckDB calls them with blocks of 2,048 rows."""
    row = database.dtype(ROW)
    database.create_function("to_v2", CONVERTER.convert_arrow, ["VARCHAR"], row, type="arrow", null_handling="special")
    database.create_function(
        "from_v2", CONVERTER.restore_arrow, ["VARCHAR", "VARCHAR"], row, type="arrow", null_handling="special"
    )


CONVERT = "CREATE TABLE converted AS SELECT email, unnest(to_v2(payload)) FROM people"
RESTORE = """
    CREATE TABLE restored AS
    SELECT email, row.output AS payload, row.losses AS left_over, row.error
    FROM (SELECT email, from_v2(output, losses) AS row FROM converted WHERE error IS NULL)
"""

if __name__ == "__main__":
    database = duckdb.connect()
    add_functions(database)
    database.execute("""
        CREATE TABLE people AS FROM (VALUES
            ('ann@example.com', 'email=ann@example.com&contact_data[1][type]=skype&contact_data[1][comment]=home'
                || '&contact_data[1][data][username]=ann'),
            ('cem@example.com', NULL),
            ('bob@example.com', 'email=bob@example.com&contact_data=x')
        ) AS people (email, payload)
    """)
    database.execute(CONVERT)
    print(database.table("converted"))
    database.execute(RESTORE)
    print(database.table("restored"))
