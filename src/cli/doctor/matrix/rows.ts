import type { MatrixRow } from './row.ts'
import { cacheRows } from './rows/cache.ts'
import { formatRows } from './rows/formats.ts'
import { mediaRows } from './rows/media.ts'
import { messagingRows } from './rows/messaging.ts'
import { thinkingRows } from './rows/thinking.ts'
import { toolRows } from './rows/tools.ts'

/**
 * The rows of `doctor --matrix`, in the order in which they are sent (MX-D3). If the limit of requests is reached, the last
 * rows are not tested: each of them has another row that is much alike.
 */
export const matrixRows: readonly MatrixRow[] = [
  ...messagingRows,
  ...thinkingRows,
  ...cacheRows,
  ...mediaRows,
  ...formatRows,
  ...toolRows,
]

/** As in the compatibility matrix: the published rows first. */
export const shownRows: readonly MatrixRow[] = (['published', 'ours'] as const).flatMap((wanted) =>
  matrixRows.filter(({ group }) => group === wanted),
)

/** Only the simulator can show them: they need a client, a fault, or many requests at once (MX-D4). */
export const simulatorOnly: ReadonlyMap<string, Pick<MatrixRow, 'name' | 'group'>> = new Map([
  ['web_search', { name: 'Web search', group: 'published' }],
  ['sign_in', { name: 'Sign-in from Claude Code', group: 'ours' }],
  ['silence_300s', { name: 'Silence of six minutes', group: 'ours' }],
  ['mid_stream_failure', { name: 'A stream that is cut', group: 'ours' }],
  ['throttle_24_agents', { name: '24 agents at once', group: 'ours' }],
])
