import type { Static, TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { Value } from '@sinclair/typebox/value'

/** Returns whether a value matches its schema. `findIssue` returns the path of a mismatch. */
export type Check<T extends TSchema = TSchema> = (value: unknown) => value is Static<T>

/** TypeBox's compiled check, or its interpreter on platforms that forbid code from strings (Workers). */
const compile = <T extends TSchema>(schema: T): Check<T> => {
  try {
    const compiled = TypeCompiler.Compile(schema)
    return (value): value is Static<T> => compiled.Check(value)
  } catch (error) {
    if (!(error instanceof EvalError)) throw error
    return (value): value is Static<T> => Value.Check(schema, value)
  }
}

/** Compiles at the first call: the schema of a request takes 30 ms of CPU time, which would slow each start. */
export const createCheck = <T extends TSchema>(schema: T): Check<T> => {
  let check: Check<T> | undefined
  return (value): value is Static<T> => {
    check ??= compile(schema)
    return check(value)
  }
}
