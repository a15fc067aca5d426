import { type ConsolaInstance, createConsola } from 'consola/core'
import type { Io } from './io.ts'

const prefixes: Readonly<Record<string, string>> = { error: 'error: ', warn: 'warning: ' }

/** A text of several lines may end with its own line break; an empty one prints nothing. */
const withLineBreak = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

/**
 * Prints texts for people on standard error, by consola. The reporter is ours: consola's basic one writes `[warn]`, its
 * fancy one icons, and both choose streams and colours by the process's environment. Scripts match `error: ` and
 * `warning: `, and `Io` has decided on streams and colours. Without a throttle, which leaves out repeated lines.
 */
export const printer = ({ err }: Pick<Io, 'err'>): ConsolaInstance =>
  createConsola({
    throttle: 0,
    reporters: [{ log: ({ type, args }) => err(withLineBreak(`${prefixes[type] ?? ''}${args.join(' ')}`)) }],
  })
