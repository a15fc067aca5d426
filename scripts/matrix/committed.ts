import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from './options.ts'
import { type MatrixResult, parseResult } from './result.ts'
import { resultFile } from './write-results.ts'

/** The results of the last run in a folder. Undefined if there are none. Throws UsageError. */
export const readCommitted = (folder: string): MatrixResult | undefined => {
  const file = join(folder, resultFile)
  if (!existsSync(file)) return undefined
  try {
    return parseResult(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`${resultFile} is damaged: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    })
  }
}
