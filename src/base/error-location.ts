import type { LogFields } from './logger.ts'
import { stackFrames } from './stack-frames.ts'

/** What kind of error it is, and none of its words. */
export const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : 'unknown')

/** A fault of our own for the log: its name and its place in the code, and none of its words. */
export const errorLocation = (thrown: unknown): LogFields => ({
  name: thrown instanceof Error ? thrown.name : typeof thrown,
  stack: thrown instanceof Error ? stackFrames(thrown).join(' |') : undefined,
})
