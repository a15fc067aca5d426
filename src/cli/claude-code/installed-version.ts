import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import { readJsonFile } from './settings-files.ts'

/** The path contains the version: `~/.local/share/claude/versions/2.1.332`, `Caskroom/claude-code/2.1.332/claude`. */
const inPath = /\bclaude(?:-code)?[/\\](?:versions[/\\])?(\d+\.\d+\.\d+)(?=[/\\]|$)/

const packageName = /^@anthropic-ai\/claude-code\b/

/** Folders to search upwards: npm packages contain the program in their folder or below it. */
const packageDepth = 3

const packageVersion = (program: string): string | undefined => {
  let folder = dirname(program)
  for (let depth = 0; depth < packageDepth; depth += 1) {
    const { name, version } = readJsonFile(join(folder, 'package.json')) ?? {}
    if (typeof name === 'string' && packageName.test(name) && typeof version === 'string') return version
    folder = dirname(folder)
  }
  return undefined
}

const isVersion = (text: string): boolean => /^\d+\.\d+\.\d+/.test(text)

/**
 * Reads the version of an installed Claude Code from its files: running `claude --version` takes up to half a second,
 * and a script of that name may do anything. Undefined if the files do not contain it.
 */
export const installedVersion = (program: string): string | undefined => {
  const path = attempt(() => realpathSync(program))
  const version = path && (inPath.exec(path)?.[1] ?? packageVersion(path))
  return version && isVersion(version) ? version : undefined
}
