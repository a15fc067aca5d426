import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { binary, root } from './support/binary.ts'

/** Builds this machine's binary into `dist/`. */

const folder = join(root, 'dist')

await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })

const result = await Bun.build({
  entrypoints: [join(root, 'src', 'main.ts')],
  target: 'bun',
  // Starts in a fifth of the time, and forbids top-level await.
  bytecode: true,
  format: 'esm',
  minify: true,
  sourcemap: 'none',
  compile: {
    outfile: binary,
    // A repository must not be able to set an endpoint, or to run code, in the program that holds the key.
    autoloadDotenv: false,
    autoloadBunfig: false,
    autoloadTsconfig: false,
    autoloadPackageJson: false,
    // Companies put their own roots into the system's store.
    execArgv: ['--use-system-ca'],
  },
})

if (!result.success) {
  for (const message of result.logs) console.error(message)
  process.exit(1)
}
const size = Bun.file(binary).size / 1024 / 1024
console.log(`${binary} (${size.toFixed(0)} MB)`)
