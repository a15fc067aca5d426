import { isObject } from '../../../base/json.ts'
import { type Cell, type Status, statuses } from './cell.ts'

/** What the real client showed with the strict simulator: from the matrix that this program was built with (MX-D6). */

/** Of the newest version, by the row's id. */
export type StrictResults = ReadonlyMap<string, Cell>

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
  const { features } = isObject(matrix) ? matrix : {}
  const cells = (Array.isArray(features) ? features : []).flatMap((feature: unknown): (readonly [string, Cell])[] => {
    if (!isObject(feature) || !isObject(feature['providers'])) return []
    const cell = toCell(feature['providers']['nexus_strict'])
    return cell === undefined ? [] : [[String(feature['id']), cell]]
  })
  return new Map(cells)
}

/** Only here, because other starts need no matrix. */
export const readStrictResults = async (): Promise<StrictResults> => {
  const { default: matrix } = await import('../../../../docs/matrix.json', { with: { type: 'json' } })
  return toStrictResults(matrix)
}
