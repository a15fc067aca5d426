import type { LogFields } from './logger.ts'
import { stackFrames } from './stack-frames.ts'

/** Returns the error's class name, without its message. */
export const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : 'unknown')

/** Describes an internal error for the log: its name and stack, without its message. */
export const errorLocation = (thrown: unknown): LogFields => ({
  name: thrown instanceof Error ? thrown.name : typeof thrown,
  stack: thrown instanceof Error ? stackFrames(thrown).join(' |') : undefined,
})
