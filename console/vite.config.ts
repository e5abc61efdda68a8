import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // `vite console` for those who work on it: the API is that of a server on its usual port.
  server: { proxy: { '/v1': 'http://127.0.0.1:3000', '/message-frame': 'http://127.0.0.1:3000' } },
})
