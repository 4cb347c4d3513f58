// The least that a program could do which knows nothing of how a database lies in its file: node databaseFloor.cjs DATABASE.
// Opens it for reading, and takes the narrow columns of every row and of its window.
const { existsSync } = require("node:fs");
const { DatabaseSync } = require("node:sqlite");
const { pathToFileURL } = require("node:url");

const path = process.argv[2] ?? "";
const narrow = `SELECT node.session_key, node.current_session_id, node.updated_at, node.status, node.entry_valid,
    node.archived_at, node.label, own.started_at, own.ended_at, own.status AS window_status
  FROM session_nodes AS node LEFT JOIN session_windows AS own ON own.session_id = node.current_session_id`;
const how = existsSync(`${path}-wal`) ? "" : "?immutable=1";
const database = new DatabaseSync(`${pathToFileURL(path).href}${how}`, { readOnly: true });
process.stdout.write(`${database.prepare(narrow).all().length}\n`);
database.close();
