import { Component } from '@angular/core';

@Component({ selector: 'app-admin', template: `<h1>Administration</h1>` })
export class Admin {}
