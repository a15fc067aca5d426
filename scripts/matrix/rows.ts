import type { Row } from './row.ts'
import { answerRows } from './rows/answers.ts'
import { anHourRow, fiveMinutesRow } from './rows/caching.ts'
import { clientFeatureRows } from './rows/client-features.ts'
import { compactionRow, cutRow, overflowRow, rejectedRow, silenceRow, throttleRow } from './rows/failures.ts'
import { launchRows } from './rows/launch.ts'
import { pdfRow, visionRow } from './rows/media.ts'
import { pictureRows } from './rows/pictures.ts'
import { countTokensRow, longContextRow, structuredOutputRow, systemRoleRow, webSearchRow } from './rows/requests.ts'
import { interruptRow, subagentRow } from './rows/sessions.ts'
import { signInRows } from './rows/sign-in.ts'
import { otherModelRow, thinkingRow, thinkingWithToolsRow } from './rows/thinking.ts'
import { parallelToolsRow, toolRow, toolSearchRow, toolStreamRow } from './rows/tools.ts'

/** The features of a published matrix, in its order. */
const publishedRows: readonly Row[] = [
  ...answerRows,
  toolRow,
  fiveMinutesRow,
  visionRow,
  thinkingRow,
  toolStreamRow,
  thinkingWithToolsRow,
  pdfRow,
  anHourRow,
  webSearchRow,
  structuredOutputRow,
  countTokensRow,
  toolSearchRow,
  longContextRow,
]

/** Sessions, failures and launches that no published matrix has. */
const ourRows: readonly Row[] = [
  systemRoleRow,
  subagentRow,
  parallelToolsRow,
  compactionRow,
  overflowRow,
  rejectedRow,
  silenceRow,
  cutRow,
  throttleRow,
  interruptRow,
  otherModelRow,
]

/** Every row of the matrix, in the order of the page. */
export const rows: readonly Row[] = [
  ...publishedRows,
  ...ourRows,
  ...pictureRows,
  ...launchRows,
  ...signInRows,
  ...clientFeatureRows,
]
