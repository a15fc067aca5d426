import { afterEach } from 'bun:test'
import { cleanUp } from './cleanup.ts'

/** Loaded once for all test files (bunfig.toml): a hook of an imported module would hold for its first importer alone. */

// Tests talk to this machine only, whatever proxy the machine is behind.
process.env['NO_PROXY'] = '127.0.0.1,localhost,::1'
process.env['no_proxy'] = '127.0.0.1,localhost,::1'

afterEach(cleanUp)
