import type { Row } from './row.ts'
import { launchRows } from './rows/launch.ts'

/** Every row of the matrix, in the order of the page. */
export const rows: readonly Row[] = [...launchRows]
