import { type ConsolaInstance, createConsola } from 'consola/core'
import type { Io } from './io.ts'

const prefixes: Readonly<Record<string, string>> = { error: 'error: ', warn: 'warning: ' }

/** Adds a missing line break at the end; an empty text stays empty. */
const withLineBreak = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

/**
 * Prints messages for users on standard error, with consola. The reporter is ours: consola's basic reporter writes
 * `[warn]`, its fancy reporter icons, and both choose streams and colours by the process's environment. Scripts match
 * `error: ` and `warning: `, and `Io` decides about streams and colours. No throttle, because it drops repeated lines.
 */
export const printer = ({ err }: Pick<Io, 'err'>): ConsolaInstance =>
  createConsola({
    throttle: 0,
    reporters: [{ log: ({ type, args }) => err(withLineBreak(`${prefixes[type] ?? ''}${args.join(' ')}`)) }],
  })
