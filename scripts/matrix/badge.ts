import type { MatrixResult } from './result.ts'

/** The badge counts the published rows on the newest client and the strict Nexus. */

/** As shields.io reads it. */
export interface Badge {
  readonly schemaVersion: 1
  readonly label: string
  readonly message: string
  readonly color: 'brightgreen' | 'yellow' | 'red'
}

/** Fewer missing rows than these are worth a warning, more are a failure. */
const yellowMissing = 2

/** `healed` does not count: a strict Nexus accepts everything that Bedrock accepts. */
export const toBadge = ({ features, claude_code_version: version }: MatrixResult): Badge => {
  const published = features.filter(({ group }) => group === 'published')
  const passed = published.filter(({ providers }) => providers.nexus_strict.status === 'pass').length
  const missing = published.length - passed
  const color = missing === 0 && passed > 0 ? 'brightgreen' : missing <= yellowMissing && passed > 0 ? 'yellow' : 'red'
  return { schemaVersion: 1, label: 'Claude Code', message: `${passed}/${published.length} · ${version}`, color }
}
