import { readFileSync } from 'node:fs'
import { attempt } from '../../base/attempt.ts'
import type { Machine } from '../../config/paths.ts'
import { commit, productName, version } from '../../version.ts'
import { type Check, type CheckGroup, info } from './check.ts'
import type { DoctorContext } from './context.ts'
import { updateChecks } from './update-check.ts'

const isWsl = ({ platform }: Machine): boolean =>
  platform === 'linux' && /microsoft/i.test(attempt(() => readFileSync('/proc/version', 'utf8')) ?? '')

const wsl: Check = {
  id: 'wsl',
  title: 'WSL',
  run: () =>
    info(
      'Linux inside Windows: 127.0.0.1 is only the Linux side. Programs on the Windows side can be reached only with mirrored networking (networkingMode=mirrored in .wslconfig).',
    ),
}

/** Reports the version of this program and its system. */
export const programChecks = (context: DoctorContext): CheckGroup => ({
  title: 'This program',
  checks: [
    {
      id: 'program',
      title: 'Version',
      run: () =>
        info(`${productName} ${version} (commit ${commit}, bun ${Bun.version}, ${process.platform}-${process.arch})`, {
          version,
          commit,
          bun: Bun.version,
          platform: context.io.machine.platform,
          arch: process.arch,
        }),
    },
    ...updateChecks(context),
    ...(isWsl(context.io.machine) ? [wsl] : []),
  ],
})
