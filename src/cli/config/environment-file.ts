import { parseEnv } from 'node:util'
import type { ConfigFile } from '../../config/files.ts'
import type { Machine } from '../../config/paths.ts'

/** The file of `--env-file` sets only variables that the environment lacks (OP-S3). */

export interface Environment {
  readonly variables: Machine['environment']
  /** Where the file sets a variable: `FILE (line n)`. Only variables that the environment lacks. */
  readonly origins: ReadonlyMap<string, string>
  /** Number of variables of the file without effect, because the environment has them. */
  readonly overridden: number
}

/** The parser's own grammar of an assignment, with its quoted values of several lines. */
const assignment = /^[^\S\n]*(?:export[^\S\n]+)?([\w.-]+)[^\S\n]*=[^\S\n]*(?:'[^']*'|"(?:\\"|[^"])*"|`[^`]*`|[^\n]*)/gm

/** The line of the last assignment of each variable, because that one counts. */
const linesIn = (text: string): ReadonlyMap<string, number> => {
  const lines = new Map<string, number>()
  let line = 1
  let end = 0
  for (const { 1: name = '', index } of text.matchAll(assignment)) {
    line += text.slice(end, index).split('\n').length - 1
    end = index
    lines.set(name, line)
  }
  return lines
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== ''

/** Merges the variables of the process and of a file; an empty variable counts as not set. */
export const withEnvironmentFile = (process: Machine['environment'], file: ConfigFile | undefined): Environment => {
  if (file === undefined) return { variables: process, origins: new Map(), overridden: 0 }
  const set = Object.fromEntries(Object.entries(process).filter(([, value]) => isSet(value)))
  const found = parseEnv(file.text)
  const lines = linesIn(file.text)
  const names = Object.keys(found).filter((name) => isSet(found[name]))
  const added = names.filter((name) => !(name in set))
  const originOf = (name: string): string => {
    const line = lines.get(name)
    return line === undefined ? file.path : `${file.path} (line ${line})`
  }
  return {
    variables: { ...found, ...set },
    origins: new Map(added.map((name) => [name, originOf(name)])),
    overridden: names.length - added.length,
  }
}
