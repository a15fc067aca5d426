import { createBatches } from './batches.ts'
import { createFiles } from './files.ts'
import type { createMessages } from './messages.ts'
import { getModel, listModels } from './model-list.ts'
import type { ApiModel } from './models.ts'
import type { Route } from './routes.ts'
import { createSkills } from './skills.ts'

/** Every operation of the simulated API. */
export const createRoutes = (models: readonly ApiModel[], messages: ReturnType<typeof createMessages>): Route[] => {
  const batches = createBatches(messages.run)
  const files = createFiles()
  const skills = createSkills()
  return [
    { method: 'POST', path: '/v1/messages' },
    { method: 'POST', path: '/v1/messages/count_tokens', endpoint: messages.count },
    { method: 'POST', path: '/v1/messages/batches', endpoint: batches.create },
    { method: 'GET', path: '/v1/messages/batches', endpoint: batches.list },
    { method: 'GET', path: '/v1/messages/batches/*', endpoint: batches.get },
    { method: 'DELETE', path: '/v1/messages/batches/*', endpoint: batches.remove },
    { method: 'POST', path: '/v1/messages/batches/*/cancel', endpoint: batches.cancel },
    { method: 'GET', path: '/v1/messages/batches/*/results', endpoint: batches.results },
    { method: 'GET', path: '/v1/models', endpoint: listModels(models) },
    { method: 'GET', path: '/v1/models/*', endpoint: getModel(models) },
    { method: 'POST', path: '/v1/files', endpoint: files.upload },
    { method: 'GET', path: '/v1/files', endpoint: files.list },
    { method: 'GET', path: '/v1/files/*', endpoint: files.get },
    { method: 'DELETE', path: '/v1/files/*', endpoint: files.remove },
    { method: 'GET', path: '/v1/files/*/content', endpoint: files.download },
    { method: 'POST', path: '/v1/skills', endpoint: skills.create },
    { method: 'GET', path: '/v1/skills', endpoint: skills.list },
    { method: 'GET', path: '/v1/skills/*', endpoint: skills.get },
    { method: 'DELETE', path: '/v1/skills/*', endpoint: skills.remove },
  ]
}
