"""How long anybody waits for the database: for a lock, for a query, and for a server that says nothing. In seconds."""

from __future__ import annotations

WRITER_WAITS = 5.0
"""That a background write waits for another process's."""

ASKER_WAITS = 1.0
"""That a request waits for its turn in this process, and then for another process's write."""

OPENING_WAITS = 20.0
"""That a start waits for the lock of a SQLite file that has to be migrated."""

LOOKS_AGAIN = 0.005
"""For which SQLite itself waits for a lock; it looks again ever more seldom, up to every tenth of a second, and busy
processes would take the lock from each other for long. So it is asked anew, as long as there is patience."""

SERVER_WAITS = 5
"""That is waited for a database server that says nothing, or has no connection free."""

REQUEST_QUERY_LASTS = 5.0
BATCH_QUERY_LASTS = 60.0
REPORT_LASTS = 120.0
MIGRATION_LASTS = 600.0
"""After which PostgreSQL ends a query: of a request; of the background, where a batch may hold 64 MB, and is tried
again; of a report; of a migration, or the wait for another machine's."""

ANSWERS_WITHIN = 1.0
"""More than the server's own limit after which a transaction is cut off; the server's says what it was."""

LEFT_ALONE = 5.0
"""For which no request waits for a server that has just said nothing; what writes in the background does."""

PATIENCE = "trialsieve_patience"
LONGEST = "trialsieve_longest"
"""Options of a connection: how long its transaction waits for a lock, and how long a query of it may take."""
