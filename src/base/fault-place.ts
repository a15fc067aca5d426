import type { LogFields } from './logger.ts'

/** The frames of a stack without its first line, which is the message and may quote a prompt. */
const framesOf = (error: unknown): string | undefined =>
  error instanceof Error
    ? error.stack
        ?.split('\n')
        .filter((line) => /^\s+at /.test(line))
        .slice(0, 8)
        .join(' |')
    : undefined

/** A fault of our own for the log: its name and its place in the code, and none of its words. */
export const placeOfFault = (thrown: unknown): LogFields => ({
  name: thrown instanceof Error ? thrown.name : typeof thrown,
  stack: framesOf(thrown),
})
