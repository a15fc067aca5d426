import type { ArgsDef } from 'citty'
import type { RequestRow } from '../../../usage/usage-report.ts'
import { productName } from '../../../version.ts'
import { textFlag } from '../../parse/arguments.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { clockOf, fileFlags, filterFlags, filterOf, periodFlags } from './flags.ts'
import { readPeriod } from './period.ts'
import { whileOpen, withUsageFile } from './usage-file.ts'

const rowsPerPage = 1000
/** Before the first request of any history. */
const beginning = '2020-01-01'

/** Times in ISO 8601, which any program reads. */
const toLine = (row: RequestRow): string => `${JSON.stringify({ ...row, at: new Date(row.at).toISOString() })}\n`

const runExport = ({ flags }: ParsedArguments, io: Io): Promise<number> => {
  const period = readPeriod(textFlag(flags, 'since') ?? beginning, textFlag(flags, 'until'), clockOf(flags))
  const filter = filterOf(flags)
  return withUsageFile(flags, io, (file) =>
    whileOpen(file, async (history) => {
      let before: string | undefined
      do {
        const page = await history.requests({ ...period, ...filter, limit: rowsPerPage, before })
        if (page.requests.length > 0) io.out(page.requests.map(toLine).join(''))
        before = page.next
        // A slow reader must not fill the memory, and without a reader the rest is not needed.
      } while (((await io.drained?.()) ?? true) && before !== undefined)
      return 0
    }),
  )
}

export const usageExportCommand: Command = {
  name: 'usage export',
  description: 'Print the requests of the history as JSON lines',
  details: [
    'Prints one JSON object for each request, the newest first. It has figures and names only: no prompt, no answer, no file name and no key.',
    'The history keeps single requests for history.days (90 by default), and sums for longer.',
  ],
  get args(): ArgsDef {
    return { ...periodFlags('the oldest request'), ...filterFlags, ...fileFlags }
  },
  examples: [
    { line: `${productName} usage export --since 2026-11 > november.jsonl`, what: 'Save the requests of a month' },
    { line: `${productName} usage export --client alice --since 7d`, what: 'Print the requests of one client' },
  ],
  run: runExport,
}
