import type { Machine } from '../../config/paths.ts'
import { type FoundProgram, findProgram, type ProgramName } from '../clients/find-program.ts'

export const claudeProgram: ProgramName = { name: 'claude', homeFolders: ['.local/bin', '.claude/local'] }

/** `isThere` is for tests. */
export const findClaude = (machine: Machine, isThere?: (path: string) => boolean): FoundProgram | undefined =>
  findProgram(claudeProgram, machine, isThere)

/** Commands that install Claude Code, the official one first. */
export const installLines = (platform: string): readonly [string, string] => [
  platform === 'win32' ? 'irm https://claude.ai/install.ps1 | iex' : 'curl -fsSL https://claude.ai/install.sh | bash',
  'npm install -g @anthropic-ai/claude-code',
]
