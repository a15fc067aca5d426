import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from './cli.ts'

/** Files in a user's home. */

/** Writes a text unchanged and any other value as JSON, creates the folder, and returns the path. */
export const writeFile = (path: string, value: unknown): string => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}

export const writeProgram = (path: string): string => {
  writeFile(path, '#!/bin/sh\n')
  chmodSync(path, 0o755)
  return path
}

/** Claude Code as npm installs it. Returns the path of the program. */
export const writeNpmClaude = (version: string): string => {
  const folder = join(temporaryFolder(), 'node_modules', '@anthropic-ai', 'claude-code-linux-x64')
  writeFile(join(folder, 'package.json'), { name: '@anthropic-ai/claude-code-linux-x64', version })
  return writeProgram(join(folder, 'claude'))
}

export const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

export const modeOf = (path: string): number => statSync(path).mode & 0o777

export const configPath = (home: string): string => join(home, '.config', 'nexus-claude-api', 'config.json')

/** A home with a configuration file. */
export const homeWithConfig = (value: unknown): { folder: string; path: string } => {
  const folder = temporaryFolder()
  return { folder, path: writeFile(configPath(folder), value) }
}
