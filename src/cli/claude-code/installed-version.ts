import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import { readJsonFile } from './settings-files.ts'

/** Where the program lies names its version: `~/.local/share/claude/versions/2.1.332`, `Caskroom/claude-code/2.1.332/claude`. */
const inPath = /\bclaude(?:-code)?[/\\](?:versions[/\\])?(\d+\.\d+\.\d+)(?=[/\\]|$)/

const packageName = /^@anthropic-ai\/claude-code\b/

/** npm's packages have the program in their folder or in one below it. */
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
 * The version of an installed Claude Code, read off its files: running `claude --version` takes up to half a second,
 * and a script of that name may do anything. Undefined where the files do not tell.
 */
export const installedVersion = (program: string): string | undefined => {
  const path = attempt(() => realpathSync(program))
  const version = path && (inPath.exec(path)?.[1] ?? packageVersion(path))
  return version && isVersion(version) ? version : undefined
}
