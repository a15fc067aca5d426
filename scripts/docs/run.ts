import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/binary.ts'
import { generatedPages } from './pages.ts'

/** Writes the pages and tables of docs/ that are generated from the code. */

for (const { path, generate } of generatedPages) {
  const file = join(root, path)
  const current = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const page = generate(current)
  if (page !== current) writeFileSync(file, page)
  console.log(`${path} ${page === current ? 'is up to date' : 'written'}`)
}
