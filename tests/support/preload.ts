import { afterEach } from 'bun:test'
import { cleanUp } from './cleanup.ts'

/** Loaded once for all test files (bunfig.toml): a hook of an imported module would hold for its first importer alone. */

// Tests talk to this machine only, whatever proxy the machine is behind.
// 0.0.0.0 leads here, too, and is what a test of http without encryption names.
const thisMachine = '127.0.0.1,localhost,::1,0.0.0.0'
process.env['NO_PROXY'] = thisMachine
process.env['no_proxy'] = thisMachine

afterEach(cleanUp)
