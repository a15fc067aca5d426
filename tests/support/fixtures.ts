import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dir, '..', 'fixtures')

/** The cases of one kind, by name. */
export const cases = (kind: string): string[] => readdirSync(join(root, kind)).sort()

/** The name of a case, with its rules. */
export const caseName = (kind: string, name: string): string => {
  const { rules } = fixture<{ rules: string[] }>(kind, name, 'context')
  return `${rules.join(', ')}: ${name}`
}

/** One file of a case. */
export const fixture = <T = never>(kind: string, name: string, file: string): T =>
  JSON.parse(readFileSync(join(root, kind, name, `${file}.json`), 'utf8'))
