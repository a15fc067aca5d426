/**
 * The versions of Claude Code that `bun run e2e` drives through the product: the oldest supported
 * version first, the newest version that is known to work last.
 */
export const testedClaudeVersions = ['2.1.197', '2.1.329', '2.1.332'] as const

/** The newest version that is known to work. */
export const newestTestedClaude = testedClaudeVersions[testedClaudeVersions.length - 1] as string
