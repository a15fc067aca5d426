import type { Database, SQLQueryBindings } from 'bun:sqlite'

/** Values of a row, in the order of its columns. */
export type Values = readonly SQLQueryBindings[]

/** An open file, with the statements that it has compiled. */
export interface Connection {
  /** Runs statements without values, such as pragmas. */
  execute(sql: string): void
  /** Returns the number of changed rows. */
  change(sql: string, values: Values): number
  rows(sql: string, values?: Values): Values[]
  /** Rows with the names of their columns. */
  objects<Row>(sql: string, values: Values): Row[]
  /** Runs the work in a transaction that has the right to write from its start. What the work throws undoes it. */
  transact<T>(work: () => T): T
  close(): void
}

export const createConnection = (database: Database): Connection => {
  const statements = new Map<string, ReturnType<Database['prepare']>>()
  const statementOf = (sql: string) => {
    const statement = statements.get(sql) ?? database.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  return {
    execute: (sql) => void database.run(sql),
    change: (sql, values) => statementOf(sql).run(...values).changes,
    rows: (sql, values = []) => statementOf(sql).values(...values) as Values[],
    objects: <Row>(sql: string, values: Values) => statementOf(sql).all(...values) as Row[],
    transact: (work) => database.transaction(work).immediate(),
    close() {
      // With an open statement, the last close would leave the write-ahead log.
      for (const statement of statements.values()) statement.finalize()
      statements.clear()
      database.close()
    },
  }
}
