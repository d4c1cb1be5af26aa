export { loadArtifact } from './artifacts.ts';
export {
  applyDefinitions,
  currentDefinitions,
  type DefinitionSet,
  definitionsByHash,
  listProjects,
  requireProject,
} from './definitions.ts';
export { insertModelVersion, registerModelVersion } from './register-version.ts';
export { mayTransition } from './stages.ts';
export { transitionStage } from './transition-stage.ts';
export {
  getVersion,
  listProduction,
  listVersions,
  type ModelVersionDetail,
  type ProductionModel,
  productionModel,
} from './versions.ts';
export { watchRegistry } from './watch-registry.ts';
