import { afterEach } from 'bun:test'
import { cleanUp } from './cleanup.ts'

/** Loaded once for all test files (bunfig.toml): a hook of an imported module works only for its first importer. */

// Tests connect to this machine only, also behind a proxy.
// 0.0.0.0 is this machine, too: a test of http without encryption uses it.
const thisMachine = '127.0.0.1,localhost,::1,0.0.0.0'
process.env['NO_PROXY'] = thisMachine
process.env['no_proxy'] = thisMachine

afterEach(cleanUp)
