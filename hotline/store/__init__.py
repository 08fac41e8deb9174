"""What must survive a restart: models, repositories, migrations. Imports business dataclasses, never Rasa."""
