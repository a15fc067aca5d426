import type { Case } from './case.ts'
import { answerCases } from './cases/answers.ts'
import { anthropicCases } from './cases/anthropic.ts'
import { autoModeCases } from './cases/auto-mode.ts'
import { behindClaudeGatewayCases } from './cases/behind-claude-gateway.ts'
import { cacheLifetimeCases } from './cases/cache-lifetime.ts'
import { codexCases } from './cases/codex.ts'
import { codexFailureCases } from './cases/codex-failures.ts'
import { codexSearchCases } from './cases/codex-search.ts'
import { codexSessionCases } from './cases/codex-sessions.ts'
import { compactionCases } from './cases/compaction.ts'
import { countingCases } from './cases/counting.ts'
import { failureCases } from './cases/failures.ts'
import { historyCases } from './cases/history.ts'
import { httpsCases } from './cases/https.ts'
import { interactiveCases } from './cases/interactive.ts'
import { limitCases } from './cases/limits.ts'
import { mcpCases } from './cases/mcp.ts'
import { mediaCases } from './cases/media.ts'
import { pickerCases } from './cases/model-picker.ts'
import { modelCases } from './cases/models.ts'
import { networkCases } from './cases/network.ts'
import { oddResponseCases } from './cases/odd-responses.ts'
import { oneStepCases } from './cases/one-step.ts'
import { openAiCases } from './cases/openai.ts'
import { openAiOneStepCases } from './cases/openai-one-step.ts'
import { openCodeCases } from './cases/opencode.ts'
import { pictureCases } from './cases/pictures.ts'
import { recoveryCases } from './cases/recovery.ts'
import { replicaCases } from './cases/replicas.ts'
import { requestShapeCases } from './cases/request-shapes.ts'
import { sdkCases } from './cases/sdks.ts'
import { setupCases } from './cases/setup.ts'
import { signInCases } from './cases/sign-in.ts'
import { signInAnswersCase } from './cases/sign-in-answers.ts'
import { signInSessionCases } from './cases/sign-in-session.ts'
import { signedInCases } from './cases/signed-in.ts'
import { smallRequestCases } from './cases/small-requests.ts'
import { taskCases } from './cases/tasks.ts'
import { teamCases } from './cases/team.ts'
import { toolCases } from './cases/tools.ts'
import { webCases } from './cases/web.ts'
import { webSearchCases } from './cases/web-search.ts'

/** The tasks that the real client must be able to do. Each case is one session. */
export const cases: readonly Case[] = [
  ...answerCases,
  ...toolCases,
  ...oddResponseCases,
  ...mcpCases,
  ...taskCases,
  ...cacheLifetimeCases,
  ...requestShapeCases,
  ...webCases,
  ...webSearchCases,
  ...mediaCases,
  ...pictureCases,
  ...modelCases,
  ...pickerCases,
  ...smallRequestCases,
  ...networkCases,
  ...httpsCases,
  ...countingCases,
  ...historyCases,
  ...compactionCases,
  ...failureCases,
  ...recoveryCases,
  ...limitCases,
  ...interactiveCases,
  ...openAiCases,
  ...anthropicCases,
  ...sdkCases,
  ...autoModeCases,
  ...oneStepCases,
  ...signedInCases,
  ...signInCases,
  ...signInSessionCases,
  signInAnswersCase,
  ...behindClaudeGatewayCases,
  ...codexCases,
  ...codexSearchCases,
  ...codexSessionCases,
  ...codexFailureCases,
  ...openCodeCases,
  ...openAiOneStepCases,
  ...teamCases,
  ...replicaCases,
  ...setupCases,
]
