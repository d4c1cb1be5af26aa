import type { Config } from 'jest';

const config: Config = {
  roots: ['<rootDir>/services', '<rootDir>/shared', '<rootDir>/ops', '<rootDir>/bench', '<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Processes that are killed, images and a control plane need minutes: npm run test:slow, test:images, test:k8s.
  testPathIgnorePatterns: process.env.SLOW === '1' ? [] : ['killed\\.test\\.ts$', '\\.slow\\.test\\.ts$'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testEnvironment: '<rootDir>/shared/testing/environment.ts',
  globalSetup: '<rootDir>/shared/testing/global-setup.ts',
  globalTeardown: '<rootDir>/shared/testing/global-teardown.ts',
  reporters: ['default', '<rootDir>/shared/testing/tally-reporter.ts'],
  // Only there to end a hang: a training that takes 2 s takes a minute on a loaded machine.
  testTimeout: 300_000,
  maxWorkers: 2,
  // A worker whose loop is empty has half a second to end by default: too little for 600 MB and native libraries on a loaded machine.
  workerGracefulExitTimeout: 10_000,
};

export default config;
