import { isObject } from '../../../base/json.ts'
import { type Cell, type Status, statuses } from './cell.ts'

/** What the real client showed with the strict simulator: from the matrix that this program was built with (MX-D6). */

export interface StrictResults {
  /** The newest version of the run; undefined if there was none. */
  readonly version: string | undefined
  /** Of that version, by the row's id. */
  readonly cells: ReadonlyMap<string, Cell>
}

const isStatus = (text: unknown): text is Status => statuses.some((status) => status === text)

const toCell = (value: unknown): Cell | undefined => {
  if (!isObject(value)) return undefined
  const { status, reason, error } = value
  if (!isStatus(status)) return undefined
  return {
    status,
    ...(typeof reason === 'string' && { reason }),
    ...(typeof error === 'string' && { error }),
  }
}

export const toStrictResults = (matrix: unknown): StrictResults => {
  const { claude_code_version: version, features } = isObject(matrix) ? matrix : {}
  const cells = (Array.isArray(features) ? features : []).flatMap((feature: unknown): (readonly [string, Cell])[] => {
    if (!isObject(feature) || !isObject(feature['providers'])) return []
    const cell = toCell(feature['providers']['nexus_strict'])
    return cell === undefined ? [] : [[String(feature['id']), cell]]
  })
  return { version: typeof version === 'string' && version !== '' ? version : undefined, cells: new Map(cells) }
}

/** Only here, because other starts need no matrix. */
export const readStrictResults = async (): Promise<StrictResults> => {
  const { default: matrix } = await import('../../../../docs/matrix.json', { with: { type: 'json' } })
  return toStrictResults(matrix)
}
