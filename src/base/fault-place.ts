import type { LogFields } from './logger.ts'
import { stackFrames } from './stack-frames.ts'

/** A fault of our own for the log: its name and its place in the code, and none of its words. */
export const placeOfFault = (thrown: unknown): LogFields => ({
  name: thrown instanceof Error ? thrown.name : typeof thrown,
  stack: thrown instanceof Error ? stackFrames(thrown).join(' |') : undefined,
})
