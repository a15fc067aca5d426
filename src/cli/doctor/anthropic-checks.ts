import type { CheckGroup } from './check.ts'

/** What Anthropic's API makes of each credential (AU-0g). */
export const anthropicChecks = (): CheckGroup => ({ title: 'Anthropic', checks: [] })
