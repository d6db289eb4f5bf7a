import GRDB

// Tables
//   event          the log, and the truth; all other rows follow from it
//   tuning_job     a row a tuning job, as it is after its last event
//   specification  what a tuning job was asked to do, as JSON; never changes
//   training_job   a row a training job, as it is after its last event
//   tag            tags of tuning jobs (ordinal is null) and of training jobs
//   amendment      what was changed of a training job's definition, as JSON
//   algorithm      a row an algorithm; its validation stands where its training job says
//   algorithm_tag  tags of algorithms
//
// Times are seconds since 2001-01-01 UTC, as `Date` counts them: seconds since 1970 are a bit
// shorter, and half of all times would not come back as they were. For people:
// datetime(time + 978307200, 'unixepoch').
//
// A tuning job whose entry was deleted keeps its row, marked, while it has training jobs.
//
// Every order of a listing has an index, with and without the tuning job, which ends in the name:
// a page costs the same wherever it begins. The indexes of all training jobs hold what they are
// filtered by too: a filter that skips a hundred thousand rows does not read one of them.

extension DatabaseMigrator {
    /// All migrations, oldest first. One that has been released never changes.
    static var tuningStore: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-tables") { database in
            try database.execute(sql: tables)
            try database.execute(sql: indexes)
        }
        migrator.registerMigration("2-algorithms") { database in
            try database.execute(sql: algorithmTables)
        }
        migrator.registerMigration("3-filters") { database in
            try database.execute(sql: filterIndexes)
        }
        return migrator
    }

    private static var tables: String {
        """
        CREATE TABLE tuning_job (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            is_deleted INTEGER NOT NULL DEFAULT 0,
            status TEXT NOT NULL,
            creation_time REAL NOT NULL,
            last_modified_time REAL NOT NULL,
            details TEXT NOT NULL);
        CREATE TABLE specification (
            tuning_job INTEGER PRIMARY KEY REFERENCES tuning_job(id) ON DELETE CASCADE,
            content TEXT NOT NULL);
        CREATE TABLE event (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            tuning_job INTEGER NOT NULL REFERENCES tuning_job(id) ON DELETE CASCADE,
            trial INTEGER,
            time REAL NOT NULL,
            kind TEXT NOT NULL,
            payload TEXT NOT NULL);
        CREATE TABLE training_job (
            tuning_job INTEGER NOT NULL REFERENCES tuning_job(id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
            name TEXT NOT NULL,
            status TEXT NOT NULL,
            creation_time REAL NOT NULL,
            last_modified_time REAL NOT NULL,
            objective_value REAL,
            origin TEXT NOT NULL,
            details TEXT NOT NULL,
            PRIMARY KEY (tuning_job, ordinal));
        CREATE TABLE tag (
            tuning_job INTEGER NOT NULL REFERENCES tuning_job(id) ON DELETE CASCADE,
            ordinal INTEGER,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            FOREIGN KEY (tuning_job, ordinal)
                REFERENCES training_job(tuning_job, ordinal) ON DELETE CASCADE);
        """
    }

    private static var indexes: String {
        """
        CREATE UNIQUE INDEX tuning_job_unique_name ON tuning_job(name COLLATE NOCASE)
            WHERE kind = 'tuning' AND is_deleted = 0;
        CREATE UNIQUE INDEX tuning_job_unique_training_name ON tuning_job(name)
            WHERE kind = 'training' AND is_deleted = 0;
        CREATE INDEX tuning_job_by_name ON tuning_job(name)
            WHERE kind = 'tuning' AND is_deleted = 0;
        CREATE INDEX tuning_job_by_creation_time ON tuning_job(creation_time, name)
            WHERE kind = 'tuning' AND is_deleted = 0;
        CREATE INDEX tuning_job_by_status ON tuning_job(status, name)
            WHERE kind = 'tuning' AND is_deleted = 0;
        CREATE INDEX tuning_job_unfinished ON tuning_job(creation_time, name)
            WHERE status IN ('InProgress', 'Stopping');

        CREATE INDEX event_of_tuning_job ON event(tuning_job);

        CREATE UNIQUE INDEX training_job_by_name ON training_job(name);
        CREATE INDEX training_job_by_creation_time ON training_job(creation_time, name);
        CREATE INDEX training_job_by_status ON training_job(status, name);
        CREATE INDEX training_job_by_objective_value ON training_job(objective_value, name)
            WHERE objective_value IS NOT NULL;
        CREATE INDEX training_job_of_tuning_job_by_name ON training_job(tuning_job, name);
        CREATE INDEX training_job_of_tuning_job_by_creation_time
            ON training_job(tuning_job, creation_time, name);
        CREATE INDEX training_job_of_tuning_job_by_status
            ON training_job(tuning_job, status, name);
        CREATE INDEX training_job_of_tuning_job_by_objective_value
            ON training_job(tuning_job, objective_value, name)
            WHERE objective_value IS NOT NULL;

        CREATE UNIQUE INDEX tag_of_tuning_job ON tag(tuning_job, key) WHERE ordinal IS NULL;
        CREATE UNIQUE INDEX tag_of_training_job ON tag(tuning_job, ordinal, key);
        """
    }

    private static var filterIndexes: String {
        """
        DROP INDEX training_job_by_name;
        DROP INDEX training_job_by_creation_time;
        DROP INDEX training_job_by_status;
        CREATE UNIQUE INDEX training_job_unique_name ON training_job(name);
        CREATE INDEX training_job_by_name
            ON training_job(name, status, creation_time, last_modified_time);
        CREATE INDEX training_job_by_creation_time
            ON training_job(creation_time, name, status, last_modified_time);
        CREATE INDEX training_job_by_status
            ON training_job(status, name, creation_time, last_modified_time);
        """
    }

    private static var algorithmTables: String {
        """
        CREATE TABLE amendment (
            tuning_job INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            content TEXT NOT NULL,
            PRIMARY KEY (tuning_job, ordinal),
            FOREIGN KEY (tuning_job, ordinal)
                REFERENCES training_job(tuning_job, ordinal) ON DELETE CASCADE);
        CREATE TABLE algorithm (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            creation_time REAL NOT NULL,
            status TEXT NOT NULL,
            validation_job TEXT,
            details TEXT NOT NULL,
            request TEXT NOT NULL);
        CREATE TABLE algorithm_tag (
            algorithm INTEGER NOT NULL REFERENCES algorithm(id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (algorithm, key));
        CREATE UNIQUE INDEX algorithm_unique_name ON algorithm(name COLLATE NOCASE);
        CREATE INDEX algorithm_by_name ON algorithm(name);
        CREATE INDEX algorithm_by_creation_time ON algorithm(creation_time, name);
        CREATE INDEX algorithm_by_validation_job ON algorithm(validation_job)
            WHERE validation_job IS NOT NULL;
        """
    }
}
