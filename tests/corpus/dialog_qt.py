#!/usr/bin/env python3
"""dialog_qt.py SECRETS.json: a Qt dialog that shows a password and an API key in clear."""
import json
import sys

from PyQt5.QtWidgets import QApplication, QDialog, QFormLayout, QLineEdit, QPushButton

with open(sys.argv[1], encoding="utf-8") as file:
    values = json.load(file)
application = QApplication(sys.argv)
dialog = QDialog()
dialog.setWindowTitle("Sign in")
form = QFormLayout(dialog)
for label, value in (("User name:", "administrator"), ("Password:", values["password"]), ("API key:", values["api_key"])):
    edit = QLineEdit(value)
    edit.setMinimumWidth(280)
    form.addRow(label, edit)
button = QPushButton("Sign in")
form.addRow(button)
dialog.show()
button.setFocus()
application.exec_()
