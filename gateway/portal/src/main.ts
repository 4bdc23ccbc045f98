import {mount} from 'svelte';
import App from './App.svelte';
import './app.css';

const place = document.getElementById('app');
if (!place) throw new Error('no place for the portal');
mount(App, {target: place});
