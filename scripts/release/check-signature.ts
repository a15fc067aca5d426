import { readFileSync } from 'node:fs'
import { readCodeSignature } from './macho.ts'

/**
 * Whether macOS would run these programs: ends with 1 where one's signature does not hold.
 *
 *   bun scripts/release/check-signature.ts FILE...
 */

const paths = process.argv.slice(2)
if (paths.length === 0) {
  console.error('Name the programs: bun scripts/release/check-signature.ts FILE...')
  process.exit(2)
}

for (const path of paths) {
  const signature = readCodeSignature(readFileSync(path))
  const faults = signature?.faults ?? ['nothing is signed']
  for (const fault of faults) console.error(`${path}: ${fault}`)
  if (faults.length > 0) process.exitCode = 1
  else console.log(`${path}: ${signature?.arch}, ${signature?.pages} pages as they were signed`)
}
