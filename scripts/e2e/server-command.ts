import { resolve } from 'node:path'
import { binary, fromSources, isBuilt } from '../support/binary.ts'
import type { Options } from './options.ts'

/** The command of the server, without its arguments: `--program`, the binary in `dist/` if there is one, or the sources. */
export const serverOf = ({ program, source }: Pick<Options, 'program' | 'source'>): readonly string[] => {
  if (program !== undefined) return [resolve(program)]
  return !source && isBuilt() ? [binary] : fromSources
}
