import { buildPortable, portablePath, typesPath } from './build.ts'
import { portableTypes } from './types.ts'

/** `bun run build:portable`: makes the app for other runtimes, and its types. */

await Bun.write(portablePath, await buildPortable())
await Bun.write(typesPath, portableTypes)
console.log(`${portablePath} (${Math.round(Bun.file(portablePath).size / 1000)} KB)`)
